Attribute VB_Name = "modQnWords"
Option Explicit

' Words that a formula may use, as codes: tblWord on the sheet shFigures holds them folded (small letters, no
' diacritics). The folding table comes from the Python rule and stands on _qn_text.

Private Const FoldSize As Long = 9215

Private mFold() As String
Private mFoldReady As Boolean
Private mWords() As String
Private mCodes() As String
Private mCount As Long

Public Function QnFold(ByVal text As String) As String
    Dim i As Long
    Dim code As Long
    Dim folded As String
    If Not mFoldReady Then LoadFold
    folded = ""
    For i = 1 To Len(text)
        code = AscW(Mid$(text, i, 1))
        If code < 0 Then code = code + 65536
        If code <= FoldSize Then
            folded = folded & mFold(code)
        ElseIf code = 12288 Then
            folded = folded & " "
        ElseIf code <> 65279 Then
            folded = folded & Mid$(text, i, 1)
        End If
    Next i
    Do While InStr(1, folded, "  ", vbBinaryCompare) > 0
        folded = Replace(folded, "  ", " ")
    Loop
    folded = Trim$(folded)
    Do While Len(folded) > 0
        If InStr(1, ".,;: ", Right$(folded, 1), vbBinaryCompare) = 0 Then Exit Do
        folded = Left$(folded, Len(folded) - 1)
    Loop
    QnFold = folded
End Function

Public Function QnCode(ByVal domain As String, ByVal text As String) As String
    ' After QnReady: the code of a word, or empty when the word is not known.
    Dim low As Long
    Dim high As Long
    Dim middle As Long
    Dim order As Long
    Dim key As String
    QnCode = ""
    key = domain & "|" & QnFold(text)
    low = 1
    high = mCount
    Do While low <= high
        middle = (low + high) \ 2
        order = StrComp(mWords(middle), key, vbBinaryCompare)
        If order = 0 Then
            QnCode = mCodes(middle)
            Exit Function
        ElseIf order < 0 Then
            low = middle + 1
        Else
            high = middle - 1
        End If
    Loop
End Function

Private Sub LoadFold()
    Dim pairs As Variant
    Dim parts As Variant
    Dim i As Long
    ReDim mFold(0 To FoldSize)
    For i = 0 To FoldSize
        mFold(i) = ChrW(i)
    Next i
    pairs = Split(QnText("fold"), ";")
    For i = 0 To UBound(pairs)
        parts = Split(CStr(pairs(i)), "=")
        mFold(CLng(parts(0))) = CStr(parts(1))
    Next i
    mFoldReady = True
End Sub

Public Sub QnLoadWords()
    Dim cells As Variant
    Dim i As Long
    mCount = 0
    cells = shFigures.Range(QnText("at.words")).CurrentRegion.Value
    If UBound(cells, 1) < 2 Then Exit Sub
    ReDim mWords(1 To UBound(cells, 1) - 1)
    ReDim mCodes(1 To UBound(cells, 1) - 1)
    For i = 2 To UBound(cells, 1)
        mWords(i - 1) = CStr(cells(i, 1)) & "|" & CStr(cells(i, 2))
        mCodes(i - 1) = CStr(cells(i, 3))
    Next i
    mCount = UBound(cells, 1) - 1
    SortWords
End Sub

Private Sub SortWords()
    Dim gap As Long
    Dim i As Long
    Dim j As Long
    Dim word As String
    Dim code As String
    gap = mCount \ 2
    Do While gap > 0
        For i = gap + 1 To mCount
            word = mWords(i)
            code = mCodes(i)
            j = i
            Do While j > gap
                If StrComp(mWords(j - gap), word, vbBinaryCompare) <= 0 Then Exit Do
                mWords(j) = mWords(j - gap)
                mCodes(j) = mCodes(j - gap)
                j = j - gap
            Loop
            mWords(j) = word
            mCodes(j) = code
        Next i
        gap = gap \ 2
    Loop
End Sub
