Attribute VB_Name = "modQnMessages"
Option Explicit

' All Vietnamese text stands on the sheet _qn_text (columns key, text), because VBA source is not Unicode.

Private mTexts As Variant
Private mLoaded As Boolean
Private mLastMessage As String

Public Function QnText(ByVal key As String, Optional ByVal first As String, Optional ByVal second As String) As String
    Dim low As Long
    Dim high As Long
    Dim middle As Long
    Dim order As Long
    Dim found As String
    If Not mLoaded Then
        mTexts = shText.Range("A1").CurrentRegion.Value
        mLoaded = True
    End If
    found = key
    low = 1
    high = UBound(mTexts, 1)
    Do While low <= high
        middle = (low + high) \ 2
        order = StrComp(CStr(mTexts(middle, 1)), key, vbBinaryCompare)
        If order = 0 Then
            found = CStr(mTexts(middle, 2))
            Exit Do
        ElseIf order < 0 Then
            low = middle + 1
        Else
            high = middle - 1
        End If
    Loop
    found = Replace(found, "{1}", first)
    QnText = Replace(found, "{2}", second)
End Function

Public Sub QnSay(ByVal text As String, Optional ByVal warning As Boolean)
    mLastMessage = text
    QnHostMessage text, QnText("title"), warning
End Sub

Public Sub QnSayKey(ByVal key As String, Optional ByVal first As String, Optional ByVal second As String)
    QnSay QnText(key, first, second), True
End Sub

Public Function QnLastMessage() As String
    QnLastMessage = mLastMessage
End Function

Public Sub QnStatus(ByVal text As String)
    mLastMessage = text
    Application.StatusBar = text
End Sub

Public Function QnIsAscii(ByVal text As String) As Boolean
    Dim i As Long
    Dim code As Long
    QnIsAscii = True
    For i = 1 To Len(text)
        code = AscW(Mid$(text, i, 1))
        If code < 0 Or code > 127 Then
            QnIsAscii = False
            Exit Function
        End If
    Next i
End Function
